#!/bin/sh
# with_server.sh PROGRAM COMMAND…: runs the command with a server of its own, and ends with the command's exit code.
program=$1
shift
folder=$(mktemp -d) || exit 1
"$program" serve --port 0 --ephemeral --quiet --ready-file "$folder/ready.json" 2>"$folder/log" &
server=$!
trap 'kill $server 2>/dev/null; wait $server; rm -rf "$folder"' EXIT
while [ ! -f "$folder/ready.json" ]; do
  kill -0 $server 2>/dev/null || { cat "$folder/log" >&2; exit 1; }
  sleep 0.02
done
AWS_ENDPOINT_URL_S3=$(sed 's/.*"url":"\([^"]*\)".*/\1/' "$folder/ready.json")
AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test AWS_REGION=us-east-1 AWS_DEFAULT_REGION=us-east-1
export AWS_ENDPOINT_URL_S3 AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_REGION AWS_DEFAULT_REGION
"$@"
