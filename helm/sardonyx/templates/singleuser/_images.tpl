{{/* All images that servers may have, each once: those of profiles, those of their choices, and those named beside them. */}}
{{- define "sardonyx.serverImages" -}}
{{- $images := .Values.prePuller.images -}}
{{- range (include "sardonyx.settings" . | fromYaml).profiles -}}
{{- with .image -}}{{- $images = append $images . -}}{{- end -}}
{{- range .options -}}
{{- range .choices -}}
{{- with .image -}}{{- $images = append $images . -}}{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- uniq $images | sortAlpha | toYaml -}}
{{- end -}}
