{{/* The volume of a component, unless there is one already: (list $ "hub" .Values.hub.storage). */}}
{{- define "sardonyx.volume" -}}
{{- $root := index . 0 -}}
{{- $storage := index . 2 -}}
{{- if not $storage.existingClaim -}}
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: {{ include "sardonyx.claim" . }}
  labels:
    {{- include "sardonyx.labels" (list $root (index . 1)) | nindent 4 }}
  annotations:
    # What cannot be made again is in it, such as keys, people and data: `helm uninstall` leaves it.
    helm.sh/resource-policy: keep
    {{- with $storage.annotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  accessModes: [ReadWriteOnce]
  {{- if not (kindIs "invalid" $storage.storageClass) }}
  storageClassName: {{ $storage.storageClass | quote }}
  {{- end }}
  resources:
    requests:
      storage: {{ $storage.size }}
{{- end -}}
{{- end -}}

{{/* The claim of it: the same list. */}}
{{- define "sardonyx.claim" -}}
{{- (index . 2).existingClaim | default (printf "%s-%s" (include "sardonyx.fullname" (index . 0)) (index . 1)) -}}
{{- end -}}
