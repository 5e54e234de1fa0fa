{{/* The name of everything. Short enough for the longest that is made from it. */}}
{{- define "sardonyx.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 48 | trimSuffix "-" -}}
{{- else if contains "sardonyx" .Release.Name -}}
{{- .Release.Name | trunc 48 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-sardonyx" .Release.Name | trunc 48 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* What selects the pods of a component: (list $ "hub"). */}}
{{- define "sardonyx.selector" -}}
{{- $root := index . 0 -}}
app.kubernetes.io/name: sardonyx
app.kubernetes.io/instance: {{ $root.Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end -}}

{{/* Labels of what belongs to a component: (list $ "hub"). */}}
{{- define "sardonyx.labels" -}}
{{- $root := index . 0 -}}
{{ include "sardonyx.selector" . }}
app.kubernetes.io/version: {{ $root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ $root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" $root.Chart.Name $root.Chart.Version | replace "+" "_" }}
{{- end -}}

{{/* An image: (list $ .Values.image). */}}
{{- define "sardonyx.image" -}}
{{- $image := index . 1 -}}
{{- if $image.digest -}}
{{ $image.repository }}@{{ $image.digest }}
{{- else -}}
{{ $image.repository }}:{{ $image.tag | default (index . 0).Chart.AppVersion }}
{{- end -}}
{{- end -}}

{{/* The settings as text: the file as it is, or what stands in the values; and the database that the chart brings. */}}
{{- define "sardonyx.settingsText" -}}
{{- $written := .Values.settingsFile | default (toYaml .Values.settings) -}}
{{- if .Values.postgresql.enabled -}}
{{- if hasKey (fromYaml $written) "database" -}}
{{- fail "\n\npostgresql.enabled is true, and the settings have a section 'database', too. Take it out of them, or write postgresql.enabled: false.\n" -}}
{{- end -}}
{{- $written | trimSuffix "\n" }}

# By the chart: postgresql.enabled is true.
database: {url: {env: SARDONYX_DATABASE_URL}}
{{- else -}}
{{- $written -}}
{{- end -}}
{{- end -}}

{{/* The settings to look into. */}}
{{- define "sardonyx.settings" -}}
{{- $found := include "sardonyx.settingsText" . | fromYaml -}}
{{- if and .Values.settingsFile (hasKey $found "Error") -}}
{{- fail (printf "\n\nsettingsFile cannot be read: %s. Look for faults in the file with: sardonyx check\n" $found.Error) -}}
{{- end -}}
{{- toYaml $found -}}
{{- end -}}

{{/* The path below which everything is, without a slash at its end. */}}
{{- define "sardonyx.path" -}}
{{- (urlParse (dig "web" "public_url" "" (include "sardonyx.settings" . | fromYaml))).path | trimSuffix "/" -}}
{{- end -}}

{{/* The host that people type, without its port. */}}
{{- define "sardonyx.host" -}}
{{- (urlParse (dig "web" "public_url" "" (include "sardonyx.settings" . | fromYaml))).hostname -}}
{{- end -}}

{{/* "true" where the data store runs beside the hub. */}}
{{- define "sardonyx.hasStore" -}}
{{- if ne (dig "storage" "kind" "embedded" (include "sardonyx.settings" . | fromYaml)) "s3" -}}true{{- end -}}
{{- end -}}

{{/* What a pod may: nothing. The data folder and secrets are its group's, because volumes belong to root. */}}
{{- define "sardonyx.podSecurity" -}}
runAsNonRoot: true
{{- with .Values.podSecurity.user }}
runAsUser: {{ int . }}
{{- end }}
{{- with .Values.podSecurity.group }}
runAsGroup: {{ int . }}
fsGroup: {{ int . }}
{{- end }}
# Else each start would open all files in the volume to the group, and secrets that are open are refused.
fsGroupChangePolicy: OnRootMismatch
seccompProfile: {type: RuntimeDefault}
{{- end -}}

{{- define "sardonyx.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end -}}

{{/* Where a pod runs: (list $ .Values.hub). */}}
{{- define "sardonyx.placing" -}}
{{- $root := index . 0 -}}
{{- $part := index . 1 -}}
{{- with $root.Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $part.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with $part.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $part.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $part.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* What lets servers with GPUs onto nodes that are kept for those, as the hub gives it to them by itself; nothing where no server can have one. */}}
{{- define "sardonyx.gpuTolerations" -}}
{{- $settings := include "sardonyx.settings" . | fromYaml -}}
{{- if regexMatch "\"gpus\":" (pick $settings "profiles" | toJson) -}}
{{- $names := list (dig "kubernetes" "gpu_resource" "nvidia.com/gpu" $settings) -}}
{{- range $settings.profiles -}}
{{- with dig "kubernetes" "gpu_resource" "" . -}}{{- $names = append $names . -}}{{- end -}}
{{- end -}}
{{- range $names | uniq }}
- {key: {{ . }}, operator: Exists, effect: NoSchedule}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* Taints that servers of some profile tolerate, beside those that all do. */}}
{{- define "sardonyx.profileTolerations" -}}
{{- $found := include "sardonyx.gpuTolerations" . | fromYamlArray -}}
{{- range (include "sardonyx.settings" . | fromYaml).profiles -}}
{{- $found = concat $found (dig "kubernetes" "tolerations" list .) -}}
{{- end -}}
{{- uniq $found | toYaml -}}
{{- end -}}

{{/* Where servers run, for pods that are there for them; the settings say so. Called with (list . tolerations beside those). */}}
{{- define "sardonyx.serverPlacing" -}}
{{- $ := index . 0 -}}
{{- $at := dig "kubernetes" dict (include "sardonyx.settings" $ | fromYaml) -}}
{{- $secrets := $.Values.imagePullSecrets -}}
{{- range $at.image_pull_secrets -}}{{- $secrets = append $secrets (dict "name" .) -}}{{- end -}}
{{- with uniq $secrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $at.node_selector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with concat ($at.tolerations | default list) (index . 1) }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* What each of our programs is told of the installation. */}}
{{- define "sardonyx.release" -}}
- {name: SARDONYX_ENGINE, value: kubernetes}
- {name: SARDONYX_NAME, value: {{ include "sardonyx.fullname" . }}}
- {name: SARDONYX_INSTANCE, value: {{ .Release.Name | quote }}}
{{- end -}}
