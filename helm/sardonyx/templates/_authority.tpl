{{/* Certificates that the whole place trusts beside those of its images: what settings.kubernetes.certificate_authority names. Servers
have the same from the hub, at the same place. */}}
{{- define "sardonyx.authority" -}}
{{- with dig "kubernetes" "certificate_authority" nil (include "sardonyx.settings" . | fromYaml) -}}
{{- toYaml . -}}
{{- end -}}
{{- end -}}

{{- define "sardonyx.authorityVariable" -}}
{{- if include "sardonyx.authority" . -}}
- {name: SARDONYX_AUTHORITY, value: /etc/sardonyx-authority/ca.crt}
{{- end -}}
{{- end -}}

{{- define "sardonyx.authorityMount" -}}
{{- if include "sardonyx.authority" . -}}
- {name: authority, mountPath: /etc/sardonyx-authority, readOnly: true}
{{- end -}}
{{- end -}}

{{- define "sardonyx.authorityVolume" -}}
{{- with include "sardonyx.authority" . | fromYaml -}}
{{- if .config_map -}}
- name: authority
  configMap:
    name: {{ .config_map }}
    items: [{key: {{ .key | default "ca.crt" }}, path: ca.crt}]
{{- end -}}
{{- end -}}
{{- end -}}
