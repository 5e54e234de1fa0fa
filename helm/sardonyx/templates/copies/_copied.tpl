{{/* Which repositories are copied, by the settings, as JSON. */}}
{{- define "sardonyx.copied" -}}
{{- $settings := include "sardonyx.settings" . | fromYaml -}}
{{- $named := list -}}
{{- range $settings.profiles -}}
{{- range dig "repositories" dict . -}}{{- $named = append $named .url -}}{{- end -}}
{{- end -}}
{{- dict "named" (uniq $named | sortAlpha) "below" (dig "git" "mirrored" list $settings) "largest" (dig "git" "largest_copy" "2G" $settings) | toJson -}}
{{- end -}}

{{/* "true" where there are any. */}}
{{- define "sardonyx.hasCopies" -}}
{{- $copied := include "sardonyx.copied" . | fromJson -}}
{{- if and .Values.copies.enabled (or $copied.named $copied.below) -}}true{{- end -}}
{{- end -}}

{{/* Where git in servers asks for them: the host and the port. */}}
{{- define "sardonyx.copiesHost" -}}
{{ include "sardonyx.fullname" . }}-copies:8007
{{- end -}}

{{/* What the service is told. */}}
{{- define "sardonyx.copiesConfiguration" -}}
{{- $hub := printf "http://%s-hub:8001%s/hub/api" (include "sardonyx.fullname" .) (include "sardonyx.path" .) -}}
{{- $own := dict "folder" "/var/lib/sardonyx/copies" "room" .Values.copies.size "hub" $hub "hosts" (list (include "sardonyx.copiesHost" .)) "port" 8007 -}}
{{- merge $own (include "sardonyx.copied" . | fromJson) | toJson -}}
{{- end -}}
