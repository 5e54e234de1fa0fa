{{/* Pods of a component as peers of a rule: (list $ "hub"). */}}
{{- define "sardonyx.peer" -}}
- podSelector:
    matchLabels:
      {{- include "sardonyx.selector" . | nindent 6 }}
{{- end -}}

{{/* The rule by which names are looked up. */}}
{{- define "sardonyx.dnsRule" -}}
- to:
    {{- toYaml .Values.networkPolicy.dns.to | nindent 4 }}
  ports:
    {{- range .Values.networkPolicy.dns.ports }}
    - {protocol: UDP, port: {{ . }}}
    - {protocol: TCP, port: {{ . }}}
    {{- end }}
{{- end -}}

{{/* Everywhere but some addresses: a list of CIDRs. Those of one family may not stand beside the other. */}}
{{- define "sardonyx.everywhereBut" -}}
{{- $six := list -}}
{{- $four := list -}}
{{- range . -}}
{{- if contains ":" . -}}{{- $six = append $six . -}}{{- else -}}{{- $four = append $four . -}}{{- end -}}
{{- end -}}
- ipBlock:
    cidr: 0.0.0.0/0
    {{- with $four }}
    except:
      {{- toYaml . | nindent 6 }}
    {{- end }}
- ipBlock:
    cidr: ::/0
    {{- with $six }}
    except:
      {{- toYaml . | nindent 6 }}
    {{- end }}
{{- end -}}
