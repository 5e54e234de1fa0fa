{{/* The Secret of a token: its name and key, (list $ "proxy" .Values.proxy.token). */}}
{{- define "sardonyx.tokenSecret" -}}
name: {{ (index . 2).existingSecret | default (printf "%s-%s" (include "sardonyx.fullname" (index . 0)) (index . 1)) }}
key: {{ (index . 2).key }}
{{- end -}}

{{/* The token itself, in base64; "" where a Secret of somebody else has it. */}}
{{- define "sardonyx.token" -}}
{{- $root := index . 0 -}}
{{- $name := printf "%s-%s" (include "sardonyx.fullname" $root) (index . 1) -}}
{{- $at := index . 2 -}}
{{- if not $at.existingSecret -}}
{{- if not (hasKey $at "made") -}}
{{- $there := (lookup "v1" "Secret" $root.Release.Namespace $name).data | default dict -}}
{{- /* Remembered: the next template that asks would get another one. */ -}}
{{- $_ := set $at "made" (get $there $at.key | default (randAlphaNum 64 | b64enc)) -}}
{{- end -}}
{{- $at.made -}}
{{- end -}}
{{- end -}}

{{/* What keeps it: (list $ "proxy" .Values.proxy.token). */}}
{{- define "sardonyx.secret" -}}
{{- $arguments := . -}}
{{- $root := index . 0 -}}
{{- with include "sardonyx.token" . -}}
apiVersion: v1
kind: Secret
metadata:
  name: {{ include "sardonyx.fullname" $root }}-{{ index $arguments 1 }}
  labels:
    {{- include "sardonyx.labels" (list $root (index $arguments 1)) | nindent 4 }}
type: Opaque
data:
  {{ (index $arguments 2).key }}: {{ . }}
{{- end -}}
{{- end -}}

{{/* Where secrets are that are variables of hub and proxy: a file for each. */}}
{{- define "sardonyx.environmentFolder" -}}
/etc/sardonyx/environment
{{- end -}}

{{/* One of them, as a source of a volume: (list NAME (include "sardonyx.tokenSecret" …)). */}}
{{- define "sardonyx.variable" -}}
{{- $secret := index . 1 | fromYaml -}}
- secret:
    name: {{ $secret.name }}
    items: [{key: {{ $secret.key }}, path: {{ index . 0 }}}]
{{- end -}}
