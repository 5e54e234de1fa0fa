{{/* Refuse values that a version took away. */}}
{{- define "sardonyx.refuseRemoved" -}}
{{- range $key, $removed := .Files.Get "removed.yaml" | fromYaml -}}
{{- $value := $.Values -}}
{{- range splitList "." $key -}}
{{- $value = kindIs "map" $value | ternary (get ($value | default dict) .) "" -}}
{{- end -}}
{{- if $value -}}
{{- fail (printf "\n\n%s is no value any more since version %s. Write %s instead, and take it out.\n" $key $removed.version $removed.instead) -}}
{{- end -}}
{{- end -}}
{{- end -}}
