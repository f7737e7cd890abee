#!/usr/bin/env bash
# Builds the image and scores the examples in it, the hard way: an ordinary user, a read-only root,
# no network. For machines without a container daemon (root, buildah); where there is docker,
# the head of the Dockerfile has the command.
#
#   bench/image.sh RESULTS [OPTION OF buildah bud ...]
#
# TMP_WRITABLE=no also takes /tmp away from it.
set -euo pipefail
cd "$(dirname "$0")/.."
results=$1
shift
mkdir -p "$results"
results=$(realpath "$results")
chown 10001:10001 "$results"

buildah bud --isolation chroot --layers "$@" -t autoqa .
container=$(buildah from autoqa)
trap 'buildah rm "$container" >/dev/null' EXIT
root=$(buildah mount "$container")
mapfile -t variables < <(buildah inspect --format '{{range .OCIv1.Config.Env}}{{println .}}{{end}}' \
    "$container" | grep .)
user=$(buildah inspect --format '{{.OCIv1.Config.User}}' "$container")
folder=$(buildah inspect --format '{{.OCIv1.Config.WorkingDir}}' "$container")

export root results user folder
unshare --mount --net --pid --fork bash -euo pipefail -c '
    mount --bind "$root" "$root"
    mount -t proc proc "$root/proc"
    mount -t tmpfs -o mode=755 dev "$root/dev"
    mkdir "$root/dev/shm"
    mount -t tmpfs -o mode=1777 shm "$root/dev/shm"
    for device in null zero random urandom; do
        touch "$root/dev/$device"
        mount --bind "/dev/$device" "$root/dev/$device"
    done
    mount -o remount,ro "$root/dev"
    [ "${TMP_WRITABLE:-yes}" = no ] || mount -t tmpfs -o mode=1777 tmp "$root/tmp"
    mount --bind "$results" "$root/out"
    mount -o remount,bind,ro "$root"
    cd "$root"
    time chroot --userspec="$user:$user" . /usr/bin/env -i --chdir="$folder" "$@" \
        autoqa score examples --rules rules/retail-bank --out /out
' _ "${variables[@]}"
