{{/* What hub and proxy know each other by, in base64; "" where a secret of somebody else has it. */}}
{{- define "sardonyx.token" -}}
{{- if not .Values.proxy.token.existingSecret -}}
{{- if not (hasKey .Values "madeToken") -}}
{{- $there := (lookup "v1" "Secret" .Release.Namespace (printf "%s-proxy" (include "sardonyx.fullname" .))).data | default dict -}}
{{- /* Remembered: the next template that asks would get another one. */ -}}
{{- $_ := set .Values "madeToken" (get $there .Values.proxy.token.key | default (randAlphaNum 64 | b64enc)) -}}
{{- end -}}
{{- .Values.madeToken -}}
{{- end -}}
{{- end -}}
