#!/bin/bash
# A desktop of its own: X server, session bus, accessibility bus, window manager. Starts the
# program given in $APP (a command line), then runs the rest of the command line as the reader.
# With ORCA_LOG set the Orca screen reader runs, too, and logs what it would say.
set -eu
if [ -z "${IN_SESSION:-}" ]; then
  export IN_SESSION=1 XDG_RUNTIME_DIR
  XDG_RUNTIME_DIR=$(mktemp -d)
  chmod 700 "$XDG_RUNTIME_DIR"
  exec xvfb-run -a -s "-screen 0 1280x800x24" dbus-run-session -- bash "$0" "$@"
fi
export QT_QPA_PLATFORM=xcb QT_LINUX_ACCESSIBILITY_ALWAYS_ON=1
/usr/libexec/at-spi-bus-launcher --launch-immediately 2>/dev/null &
launcher=$!
for _ in $(seq 50); do
  gdbus call --session --dest org.a11y.Bus --object-path /org/a11y/bus \
    --method org.a11y.Bus.GetAddress >/dev/null 2>&1 && break
  sleep 0.1
done
for property in IsEnabled ScreenReaderEnabled; do
  gdbus call --session --dest org.a11y.Bus --object-path /org/a11y/bus \
    --method org.freedesktop.DBus.Properties.Set org.a11y.Status $property "<true>" >/dev/null
done
openbox >/dev/null 2>&1 &
manager=$!
if [ -n "${ORCA_LOG:-}" ]; then
  orca --replace --debug-file="$ORCA_LOG" >/dev/null 2>&1 &
  orca=$!
  for _ in $(seq 100); do
    [ -s "$ORCA_LOG" ] && break
    sleep 0.1
  done
fi
$APP &
app=$!
status=0
APP_PID=$app "$@" || status=$?
kill $app 2>/dev/null || true
wait $app 2>/dev/null || true
[ -n "${orca:-}" ] && { kill "$orca" 2>/dev/null || true; wait "$orca" 2>/dev/null || true; }
kill $manager $launcher 2>/dev/null || true
exit $status
