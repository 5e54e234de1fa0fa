{{/* Where secrets are that the settings name as files. */}}
{{- define "sardonyx.secretsFolder" -}}
/etc/sardonyx/secrets
{{- end -}}

{{/* Refuse settings that name a secret which nobody puts there. */}}
{{- define "sardonyx.checkSecrets" -}}
{{- $folder := include "sardonyx.secretsFolder" . -}}
{{- range regexFindAll (printf "%s/[A-Za-z0-9._-]+" $folder) (include "sardonyx.settings" .) -1 -}}
{{- $name := base . -}}
{{- if not (hasKey $.Values.secretFiles $name) -}}
{{- fail (printf "\n\nThe settings name the secret %s, and secretFiles has no '%s'. Add it:\n\nsecretFiles:\n  %s: {existingSecret: NAME-OF-A-SECRET, key: KEY-IN-IT}\n" . $name $name) -}}
{{- end -}}
{{- end -}}
{{- end -}}
