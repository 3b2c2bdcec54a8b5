#!/bin/sh
# Creates the namespace once the server answers. Compose starts it again while the server is not ready.
set -eu

temporal operator cluster health
temporal operator namespace describe -n default || temporal operator namespace create -n default --retention 30d
