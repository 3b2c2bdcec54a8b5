#!/bin/sh
# Creates Temporal's two databases and brings their schemas up to date. Safe to repeat: an upgrade runs it again.
set -eu

for database in temporal temporal_visibility; do
  case "$database" in
    temporal) schema=temporal ;;
    *) schema=visibility ;;
  esac
  sql() { temporal-sql-tool --plugin postgres12 --ep postgresql -p 5432 -u temporal --db "$database" "$@"; }
  sql create
  sql setup-schema -v 0.0 || echo "$database has a schema already"
  sql update-schema -d "/etc/temporal/schema/postgresql/v12/$schema/versioned"
done
