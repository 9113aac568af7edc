#!/usr/bin/env bash
# Prints the folder with etcd, kube-apiserver, kube-controller-manager and kubectl: KUBEBUILDER_ASSETS if set, else one in the cache folder,
# into which they are built first from test/kubernetes/binaries. That takes many minutes and gigabytes the first time: it is
# done where a test must not be skipped, and otherwise when somebody calls this.
#   --if-present   builds nothing; prints nothing if they aren't there
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

cache=${SMIC_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/smic}
sources=test/kubernetes/binaries
programs=(etcd kube-apiserver kube-controller-manager kubectl)

fail() {
  echo "scripts/kubernetes.sh: $*" >&2
  exit 1
}

# Whether all of them can be run in the folder $1.
is_complete() {
  local program
  for program in "${programs[@]}"; do
    [ -x "$1/$program" ] || return 1
  done
}

# One name for what they are made of and how.
digest() {
  cat scripts/kubernetes.sh "$sources"/go.mod "$sources"/go.sum "$sources"/*/*.go | sha256sum | cut -c 1-16
}

if [ -n "${KUBEBUILDER_ASSETS:-}" ]; then
  is_complete "$KUBEBUILDER_ASSETS" || fail "KUBEBUILDER_ASSETS=$KUBEBUILDER_ASSETS has not all of ${programs[*]}"
  echo "$KUBEBUILDER_ASSETS"
  exit 0
fi
target=$cache/kubernetes-$(digest)
if is_complete "$target"; then
  echo "$target"
  exit 0
fi
case ${1:-} in
  --if-present) exit 0 ;;
  '') ;;
  *) fail "unknown argument $1 (known: --if-present)" ;;
esac

go=$(scripts/go.sh)
mkdir -p "$cache" || fail "can't make the cache folder $cache: set SMIC_CACHE to one that can be written"
# Two at once would take each other's time: the second waits for the first, and finds what it made.
exec 9>"$target.lock"
flock 9
if is_complete "$target"; then
  echo "$target"
  exit 0
fi

# Without them /version says v0.0.0-master.
version=$(sed -n 's|^\tk8s.io/kubernetes \(v[0-9.]*\)$|\1|p' "$sources/go.mod")
IFS=. read -r major minor _ <<<"${version#v}"
stamp=k8s.io/component-base/version
flags="-s -w -X $stamp.gitVersion=$version -X $stamp.gitMajor=$major -X $stamp.gitMinor=$minor -X $stamp.gitTreeState=clean"

# Built aside and renamed into place: it is all there or not at all.
work=$(mktemp -d "$target.XXXXXX")
trap 'rm -rf "$work"' EXIT
echo "scripts/kubernetes.sh: building Kubernetes $version; this takes minutes" >&2
# Debug information costs time and is left out; so are the collector's pauses, where there is memory for it.
(cd "$sources" && CGO_ENABLED=0 GOGC=${GOGC:-400} "$go" build -trimpath -buildvcs=false -gcflags=all=-dwarf=false -ldflags="$flags" -o "$work/bin/" ./kube ./etcd) >&2 ||
  fail 'the build failed'
mv "$work/bin/kube" "$work/bin/kube-apiserver"
ln -s kube-apiserver "$work/bin/kube-controller-manager"
ln -s kube-apiserver "$work/bin/kubectl"
rm -rf "$target"
mv -T "$work/bin" "$target"
echo "$target"
