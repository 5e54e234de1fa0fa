{{/* "true" where the settings name repositories to copy. */}}
{{- define "sardonyx.hasCopies" -}}
{{- $settings := include "sardonyx.settings" . | fromYaml -}}
{{- $named := dig "git" "mirrored" list $settings -}}
{{- range $settings.profiles -}}
{{- $named = concat $named (dig "repositories" dict . | keys) -}}
{{- end -}}
{{- if and .Values.copies.enabled $named -}}true{{- end -}}
{{- end -}}

{{/* Where git in servers asks for them: the host and the port. */}}
{{- define "sardonyx.copiesHost" -}}
{{ include "sardonyx.fullname" . }}-copies:8007
{{- end -}}

{{/* What the service is told. */}}
{{- define "sardonyx.copiesConfiguration" -}}
{{- $largest := dig "git" "largest_copy" "2G" (include "sardonyx.settings" . | fromYaml) -}}
{{- dict "folder" "/var/lib/sardonyx/copies" "room" .Values.copies.size "largest" $largest "port" 8007 | toJson -}}
{{- end -}}
