{{/* The hosts of an Ingress or a route, one a line: (list $ $hosts "ingress.hosts"). */}}
{{- define "sardonyx.hosts" -}}
{{- $root := index . 0 -}}
{{- $host := include "sardonyx.host" $root -}}
{{- if index . 1 -}}
{{- toYaml (index . 1) -}}
{{- else if $host -}}
- {{ $host }}
{{- else -}}
{{- fail (printf "\n\nNo host is named. Write the address that people type into settings.web.public_url, such as https://notebooks.example.org, or its host into %s.\n" (index . 2)) -}}
{{- end -}}
{{- end -}}
