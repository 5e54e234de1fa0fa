{{/* All images that servers may have, each once: those of environments, of profiles, of their choices, and those named beside them. */}}
{{- define "sardonyx.serverImages" -}}
{{- $images := .Values.prePuller.images -}}
{{- $settings := include "sardonyx.settings" . | fromYaml -}}
{{- range $settings.environments -}}
{{- with .image -}}{{- $images = append $images . -}}{{- end -}}
{{- end -}}
{{- range $settings.profiles -}}
{{- with .image -}}{{- $images = append $images . -}}{{- end -}}
{{- range .options -}}
{{- range .choices -}}
{{- with .image -}}{{- $images = append $images . -}}{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- uniq $images | sortAlpha | toYaml -}}
{{- end -}}
