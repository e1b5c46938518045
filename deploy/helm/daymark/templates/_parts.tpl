{{- define "daymark.labels" -}}
app.kubernetes.io/name: daymark
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
{{- end }}

{{- define "daymark.selector" -}}
app.kubernetes.io/name: daymark
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .process }}
{{- end }}

{{- /* What every pod of ours is: not root, nothing written but what is mounted, keys of mode 0600. */ -}}
{{- define "daymark.pod" -}}
serviceAccountName: {{ .Release.Name }}-daymark
automountServiceAccountToken: false
{{- with .Values.imagePullSecrets }}
imagePullSecrets: {{ toJson . }}
{{- end }}
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  fsGroup: 10001
  seccompProfile: {type: RuntimeDefault}
initContainers:
  # Kubernetes lets the group read what a secret holds, and Daymark refuses such keys: so they are copied.
  - name: keys
    image: {{ .Values.image }}
    # One that is missing stops the pod here: a new one would be made, used, and gone with the pod.
    command: [sh, -euc]
    args:
      - |
        umask 077
        for name in stream master temporal session; do test -f "/secret/$name.key"; done
        cp /secret/*.key /keys/
        chmod 0600 /keys/*.key
    securityContext: {{ include "daymark.small" . }}
    volumeMounts:
      - {name: secret, mountPath: /secret, readOnly: true}
      - {name: keys, mountPath: /keys}
volumes:
  - name: home
    persistentVolumeClaim:
      claimName: {{ .Values.home.existingClaim | default (printf "%s-daymark-home" .Release.Name) }}
  - name: secret
    secret: {secretName: {{ .Values.keysSecret }}, defaultMode: 0440}
  - name: keys
    emptyDir: {medium: Memory, sizeLimit: 1Mi}
  - name: tmp
    emptyDir: {sizeLimit: 64Mi}
{{- with .Values.temporalTlsSecret }}
  - name: temporal
    secret: {secretName: {{ . }}, defaultMode: 0440}
{{- end }}
{{- end }}

{{- define "daymark.small" -}}
{allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: {drop: [ALL]}}
{{- end }}

{{- define "daymark.container" -}}
image: {{ .Values.image }}
securityContext: {{ include "daymark.small" . }}
envFrom:
  - configMapRef: {name: {{ .Release.Name }}-daymark}
  - secretRef: {name: {{ .Values.secretSettings }}}
volumeMounts:
  - {name: home, mountPath: /var/lib/daymark}
  - {name: keys, mountPath: /run/daymark/keys}
  - {name: tmp, mountPath: /tmp}
{{- if .Values.temporalTlsSecret }}
  - {name: temporal, mountPath: /run/daymark/temporal, readOnly: true}
{{- end }}
{{- end }}
