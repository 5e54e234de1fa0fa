{{/* The name of what makes its Pod: Kubernetes makes a label of it, with eleven more letters. */}}
{{- define "sardonyx.postgresqlName" -}}
{{ include "sardonyx.fullname" . | trunc 41 | trimSuffix "-" }}-postgresql
{{- end -}}
