/**
 * Runs one function of an acme.sh dnsapi script. Handed to `sh -c` as it stands; names and values come behind it as
 * arguments, so no shell ever reads them as text of a program.
 *
 * - Sourcing acme.sh runs its main function with the positional parameters: they are taken over and cleared first, and
 *   the help that it then prints is dropped.
 * - What the scripts want to remember (accounts, domains, HTTP headers) goes to a home that is removed afterwards:
 *   credentials come from the configuration each time, and an installation's own account.conf is never touched.
 * - Only the operator's installation is used. None of its code is part of renewd.
 */
export const dnsapiRunner = String.raw`
umask 077
renewd_verb=$1
renewd_acmesh=$2
renewd_script=$3
renewd_name=$4
renewd_value=$5
set --

renewd_home=$(mktemp -d) || exit 1
trap 'rm -rf -- "$renewd_home"' EXIT
trap 'exit 143' HUP INT TERM
export HOME="$renewd_home" LE_WORKING_DIR="$renewd_home" LE_CONFIG_HOME="$renewd_home"
export ACCOUNT_CONF_PATH="$renewd_home/account.conf" DOMAIN_CONF="$renewd_home/domain.conf"
export HTTP_HEADER="$renewd_home/http.header"
export USER_AGENT="${'$'}{USER_AGENT:-renewd}" NO_TIMESTAMP=1
: >"$ACCOUNT_CONF_PATH" && : >"$DOMAIN_CONF" && : >"$HTTP_HEADER" || exit 1

if [ -n "$renewd_acmesh" ]; then
  . "$renewd_acmesh" >/dev/null
fi
. "$renewd_script" || exit 1

renewd_function=$(basename "$renewd_script" .sh)_$renewd_verb
if ! command -v "$renewd_function" >/dev/null 2>&1; then
  echo "$renewd_script has no function $renewd_function" >&2
  exit 1
fi
"$renewd_function" "$renewd_name" "$renewd_value"
`;
