#!/bin/sh
# operations-run: runs a command, and reports the run to an Operations portal. It needs a POSIX
# shell and curl. `operations-run --help` shows its use.
#
# The command comes first. It gets the arguments, the standard input and the environment that it
# would have without us, its output passes byte for byte, signals that we get are passed on, and
# its exit code is ours. Whatever is wrong with us (an option, the spool, the disk, curl, the
# portal), the command runs, unless `--guard` asks for the contrary. What is reported goes to a
# spool first, and what cannot be delivered stays there until a later run delivers it.

VERSION=0.1.0
SPOOL_ENTRIES=200 # further reports replace the oldest ones
POLL_SECONDS=10   # between two questions whether the run is to be cancelled
FLUSH_SECONDS=5   # a run goes on delivering old reports for so long
LOG_LINES=200
LOG_BYTES=60000
LOG_SECONDS=2     # how long the end of the output is waited for: a daemon may hold it open

usage() {
  cat <<'USAGE'
Usage: operations-run --job NAME [OPTION]... -- COMMAND [ARGUMENT]...

       operations-run discover --help

Runs COMMAND and reports the run to an Operations portal. Without --guard the command
always runs, and its exit code is that of operations-run.

  --job NAME             name of the job in the portal
  --run ID               id of the run; default: a new one
  --schedule TEXT        when it runs: a cron expression, or "every 10m"
  --timezone NAME        of the cron expression; default UTC
  --fired-by TEXT        who starts it: "cron on db-1"
  --owner REF            such as group:default/data
  --title TEXT, --description TEXT, --on-call ADDRESS
  --tenant ID            the tenant that this run is for
  --grace-minutes N      a slot without a run is missed after so long
  --limit-minutes N      a run that has not ended after so long is lost
  --target-minutes N     how long a run should take at most
  --no-log               keep the output here
  --cancellable          a cancellation in the portal becomes SIGTERM, within seconds
  --guard                claim the slot of the schedule first: where the portal refuses, or does
                         not answer within 5 seconds, the command does not run (exit code 75)
  --guard-unreachable=run  with --guard: run where the portal cannot be asked
  --start-within-minutes N  with --guard: how long after its moment a slot may start; default 5
  --flush                deliver what the spool holds, and run no command

Environment:
  OPERATIONS_URL         address of the portal's backend: https://portal.example.com
  OPERATIONS_TOKEN       token, or:
  OPERATIONS_TOKEN_FILE  file that holds the token; default /etc/operations-run/token
  OPERATIONS_SPOOL       folder for reports that wait; default /var/spool/operations-run,
                         else ~/.local/state/operations-run
  OPERATIONS_TIMEOUT     seconds that a delivery may take; default 10
  OPERATIONS_DEBUG       if set, says on standard error what goes wrong with reports
USAGE
}

debug() {
  [ -z "${OPERATIONS_DEBUG-}" ] || printf 'operations-run: %s\n' "$1" >&2
}

# Adds a field to the report: a line of a configuration of curl, which encodes the value. In double
# quotes a backslash and a double quote have a backslash before them.
add() {
  quoted='' rest=$2
  while :; do
    case $rest in
    *[\\\"]*)
      plain=${rest%%[\\\"]*}
      rest=${rest#"$plain"}
      special=${rest%"${rest#?}"}
      rest=${rest#?}
      quoted="$quoted$plain\\$special"
      ;;
    *) break ;;
    esac
  done
  # a value of several lines would be several options
  case $rest$quoted in *"$NL"*) return ;; esac
  fields="${fields}data-urlencode = \"$1=$quoted$rest\"$NL"
}
NL='
'
SECRETS='s/((pass(word|wd)?|secret|token|api[_-]?key|authorization)["'\'']?[ ]*[:=][ ]*["'\'']?)[^ "'\'']+/\1[redacted]/g'

# Centiseconds of a clock that nobody sets, without a further process where the system has one.
now() {
  if { read -r up _ </proc/uptime; } 2>/dev/null; then
    clock=$((${up%.*} * 100 + 1${up#*.} - 100))
  else
    clock=$(($(date +%s) * 100))
  fi
}

# Whoever may write to a spool may have a report, and the token with it, sent anywhere: we use no
# folder and no report of anybody else.
is_own() {
  [ -O "$1" ] && [ -w "$1" ]
}

settings() {
  url=${OPERATIONS_URL-}
  url=${url%/}
  token=${OPERATIONS_TOKEN-}
  if [ -z "$token" ]; then
    { read -r token <"${OPERATIONS_TOKEN_FILE:-/etc/operations-run/token}"; } 2>/dev/null || :
  fi
  spool=${OPERATIONS_SPOOL-}
  if [ -z "$spool" ]; then
    spool=/var/spool/operations-run
    is_own "$spool" || spool=${XDG_STATE_HOME:-${HOME:-/nonexistent}/.local/state}/operations-run
  fi
  [ -d "$spool" ] || (umask 077 && mkdir -p "$spool") 2>/dev/null || :
  is_own "$spool" || spool=
}

# Sends $report: kind of the report, job, file with its log, seconds that it may take. The token is
# on no command line. The portal's answer is in $answer.
send() {
  answer=
  if [ -z "$url" ] || [ -z "$token" ]; then
    debug 'OPERATIONS_URL or the token is not set'
    return 1
  fi
  path=$url/api/operations/v1/checkin/$2
  [ "$1" = run ] || path=$path/$1
  log_of_report=$3
  [ -s "$log_of_report" ] || log_of_report=
  answer=$(
    {
      printf 'header = "authorization: Bearer %s"\n%s\n' "$token" "$report"
      [ -z "$log_of_report" ] || printf 'data-urlencode = "log@%s"\n' "$log_of_report"
    } | curl -sS -K - --max-time "${4:-${OPERATIONS_TIMEOUT:-10}}" -o /dev/null \
      -w '%{http_code}' --data-urlencode "sentAt=$(stamp)" "$path" 2>/dev/null
  )
  case $answer in
  2??) return 0 ;;
  # these get no better by sending them again
  400 | 403 | 404 | 409 | 413)
    debug "the portal refused a report ($answer): $path"
    return 0
    ;;
  *)
    debug "a report was not delivered (${answer:-no answer}): $path"
    return 1
    ;;
  esac
}

stamp() { date -u +%Y-%m-%dT%H:%M:%SZ; }

# Delivers an entry of the spool, and deletes it.
deliver() {
  kind='' job_of_entry='' writer=''
  { read -r _ kind job_of_entry writer <"$1"; } 2>/dev/null || :
  report=$(cat "$1" 2>/dev/null)
  case $kind:$report in
  start:*"$NL# whole")
    # its wrapper goes on
    ! kill -0 "$writer" 2>/dev/null || return 0
    ;;
  finish:*"$NL# whole") ;;
  *)
    rm -f "$1" "$1.log" # written in part: the disk was full
    return 0
    ;;
  esac
  send "$kind" "$job_of_entry" "$1.log" || return 1
  rm -f "$1" "$1.log"
}

# Delivers what earlier runs could not; stops at the first failure.
flush() {
  [ -n "$spool" ] || return 0
  set -- "$spool"/*.report
  [ -e "$1" ] || return 0
  while [ $# -gt "$SPOOL_ENTRIES" ]; do
    rm -f "$1" "$1.log"
    shift
  done
  now
  until=$((clock + FLUSH_SECONDS * 100))
  for waiting; do
    is_own "$waiting" || continue
    deliver "$waiting" || return 1
    now
    [ "$clock" -lt "$until" ] || return 0
  done
}

# What is wrong with how we were called must not keep the command from running.
misused() {
  printf 'operations-run: %s\n' "$1" >&2
  shift
  for each; do
    case $each in
    --) break ;;
    --guard*) guard=1 ;;
    esac
  done
  while [ -z "$guard" ] && [ $# -gt 0 ]; do
    if [ "$1" = -- ] && [ $# -gt 1 ]; then
      shift
      printf 'operations-run: runs the command without a report\n' >&2
      exec "$@"
    fi
    shift
  done
  usage >&2
  exit 64
}

if [ "${1-}" = discover ]; then
  shift
  # a program of its own, for Node.js: npx finds it beside this file's link
  command -v operations-run-discover >/dev/null && exec operations-run-discover "$@"
  printf 'operations-run: npx @craft-easy/operations-run discover\n' >&2
  exit 64
fi

now
begun=$clock
job='' run='' keep_log='' only_flush='' fields='' guard='' unreachable='' cancellable='' execution=''
while [ $# -gt 0 ]; do
  case $1 in
  --)
    shift
    break
    ;;
  --help)
    usage
    exit 0
    ;;
  --version)
    printf '%s\n' "$VERSION"
    exit 0
    ;;
  --no-log)
    keep_log=1
    shift
    continue
    ;;
  --flush)
    only_flush=1
    shift
    continue
    ;;
  --cancellable)
    cancellable=1
    add cancellable true
    shift
    continue
    ;;
  --guard)
    guard=1
    shift
    continue
    ;;
  --guard-unreachable=run)
    unreachable=run
    shift
    continue
    ;;
  --job=* | --run=* | --schedule=* | --timezone=* | --fired-by=* | --owner=* | --title=* | \
    --description=* | --on-call=* | --tenant=* | --grace-minutes=* | --limit-minutes=* | \
    --target-minutes=* | --start-within-minutes=*)
    name=${1%%=*} value=${1#*=}
    shift
    ;;
  --job | --run | --schedule | --timezone | --fired-by | --owner | --title | --description | \
    --on-call | --tenant | --grace-minutes | --limit-minutes | --target-minutes | \
    --start-within-minutes)
    [ $# -gt 1 ] && [ "$2" != -- ] || misused "$1 needs a value" ${guard:+--guard} "$@"
    name=$1 value=$2
    shift 2
    ;;
  *) misused "$1 is no option" ${guard:+--guard} "$@" ;;
  esac
  case $name in
  --job) job=$value ;;
  --run) run=$value ;;
  --fired-by) add firedBy "$value" ;;
  --on-call) add onCall "$value" ;;
  --grace-minutes) add graceMinutes "$value" ;;
  --limit-minutes) add limitMinutes "$value" ;;
  --start-within-minutes) add startWithinMinutes "$value" ;;
  --target-minutes) add targetMinutes "$value" ;;
  *) add "${name#--}" "$value" ;;
  esac
done

settings
if [ -n "$only_flush" ]; then
  flush
  exit $?
fi
[ $# -gt 0 ] || misused 'a command is needed after --'
case $job in
'' | *[!A-Za-z0-9._:-]*) misused '--job NAME is needed: of the characters A-Z a-z 0-9 . _ : -' ${guard:+--guard} -- "$@" ;;
esac
case $run in
*[!A-Za-z0-9._:-]*) misused '--run: an id of the characters A-Z a-z 0-9 . _ : -' ${guard:+--guard} -- "$@" ;;
'')
  { read -r run </proc/sys/kernel/random/uuid; } 2>/dev/null || run=$$-$(date +%s)-$begun
  execution=$run
  ;;
esac
{ read -r host </proc/sys/kernel/hostname; } 2>/dev/null || host=$(uname -n)

# A guarded run has its slot before it starts.
not_started() {
  printf 'operations-run: %s: the command was not started\n' "$1" >&2
  # a run that was given its name may be another host's, and be under way
  fields=$about
  add run "$execution"
  add host "$host"
  add at "$(stamp)"
  add outcome not-started
  add message "$1"
  report="# finish $job $$$NL$fields# whole"
  [ -z "$spool" ] ||
    (umask 077 && printf '%s\n' "$report" >"$spool/$(date +%s).$execution.report") 2>/dev/null
  exit 75
}
if [ -n "$guard" ]; then
  about=$fields
  if [ -z "$execution" ]; then
    { read -r execution </proc/sys/kernel/random/uuid; } 2>/dev/null ||
      execution=$$-$(date +%s)-$begun
  fi
  add run "$run"
  add execution "$execution"
  add host "$host"
  report=$fields
  send claim "$job" '' 5 || :
  case $answer in
  2??) fields=$about ;;
  409)
    printf 'operations-run: the portal has refused the slot: the command was not started\n' >&2
    exit 75
    ;;
  400 | 401 | 403 | 404 | 413) not_started "the portal refuses the claim ($answer)" ;;
  *)
    [ "$unreachable" = run ] || not_started 'the portal does not answer'
    fields=$about
    ;;
  esac
fi

# The command gets the standard input that we got. In the background it would get none.
stdin=
if [ -e /dev/fd/0 ]; then
  exec 3<&0
  stdin=1
fi

# Its output passes through `tee`, which writes to where we were told to write. Where output and
# errors go to one place, they pass through one `tee`, so that their order stays.
capture=
pipe=$spool/.$$-$begun
may_capture() {
  [ -n "$spool" ] && [ -z "$keep_log" ] && [ -e /dev/fd/1 ] && [ -e /dev/fd/2 ] &&
    command -v tee >/dev/null && command -v tail >/dev/null
}
if may_capture; then
  if [ /dev/fd/1 -ef /dev/fd/2 ]; then
    mkfifo -m 600 "$pipe.out" "$pipe.tail" 2>/dev/null && capture=one
  else
    mkfifo -m 600 "$pipe.out" "$pipe.err" "$pipe.tail" 2>/dev/null && capture=two
  fi
  [ -n "$capture" ] || rm -f "$pipe.out" "$pipe.err" "$pipe.tail" 2>/dev/null
fi
tail_pid=
if [ -n "$capture" ] && ! { exec 4<>"$pipe.tail"; } 2>/dev/null; then
  capture=
fi
if [ -n "$capture" ]; then
  # What ends the command must not end its output.
  (
    trap '' HUP INT QUIT TERM USR1 USR2
    umask 077
    exec tail -c "$LOG_BYTES" 2>/dev/null <"$pipe.tail" >"$pipe.log" 3<&- 4<&-
  ) &
  tail_pid=$!
  # Each holds the pipe to `tail` before the command begins, or `tail` might end too early.
  (
    trap '' HUP INT QUIT TERM USR1 USR2
    exec 4>"$pipe.tail" 3<&-
    exec tee "$pipe.tail" 2>/dev/null <"$pipe.out"
  ) &
  if [ "$capture" = two ]; then
    (
      trap '' HUP INT QUIT TERM USR1 USR2
      exec 4>"$pipe.tail" 3<&-
      exec tee "$pipe.tail" <"$pipe.err" >&2 2>/dev/null
    ) &
  fi
fi

# A shell without job control lets what is in the background ignore INT and QUIT, and has no way
# back; `env` of GNU has. Whether it is here is found out once.
start_command() {
  exec 4<&-
  if [ -n "$stdin" ]; then exec <&3 3<&-; else exec <&-; fi
  if [ -n "$spool" ] && [ -e "$spool/.env" ]; then
    exec env --default-signal=INT,QUIT "$@"
  elif env --default-signal=INT,QUIT true 2>/dev/null; then
    [ -z "$spool" ] || (umask 077 && exec >"$spool/.env") 2>/dev/null
    exec env --default-signal=INT,QUIT "$@"
  fi
  exec "$@"
}
case $capture in
one) start_command "$@" >"$pipe.out" 2>&1 & ;;
two) start_command "$@" >"$pipe.out" 2>"$pipe.err" & ;;
*) start_command "$@" & ;;
esac
child=$!
exec 3<&-

# The start is reported beside the command. It also stands in the spool until the end is known: if
# we are killed, a later run reports that there was a start.
start_entry=$spool/0.$run.report
start_pid=
if [ -n "$url$spool" ]; then
  (
    trap '' HUP INT QUIT TERM USR1 USR2
    exec </dev/null >/dev/null 3<&- 4<&-
    [ -n "${OPERATIONS_DEBUG-}" ] || exec 2>/dev/null
    umask 077
    add run "$run"
    add host "$host"
    add at "$(stamp)"
    report="# start $job $$$NL$fields# whole"
    [ -z "$spool" ] || printf '%s\n' "$report" >"$start_entry" 2>/dev/null
    trap - TERM
    send start "$job" ''
  ) &
  start_pid=$!
fi

# Whoever cancels the run asks the command to end, once. What it makes of that is its own affair.
poll_pid=
if [ -n "$cancellable" ] && [ -n "$url" ] && [ -n "$token" ]; then
  (
    trap '' HUP INT QUIT USR1 USR2
    trap - TERM
    exec </dev/null >/dev/null 2>&1
    fields=
    add run "$run"
    while sleep "${OPERATIONS_POLL:-$POLL_SECONDS}"; do
      answer=$(
        printf 'header = "authorization: Bearer %s"\n%s\n' "$token" "$fields" |
          curl -fsS -K - --max-time "${OPERATIONS_TIMEOUT:-10}" \
            "$url/api/operations/v1/checkin/$job/progress"
      )
      case $answer in
      *'"state":"cancelling"'*)
        [ -z "$spool" ] || (umask 077 && exec >"$pipe.cancelled")
        kill -s TERM "$child"
        exit
        ;;
      esac
    done
  ) &
  poll_pid=$!
fi

# A terminal sends INT and QUIT to the command too.
terminal=
[ ! -t 0 ] || terminal=1
pass() {
  signalled=$1
  case $terminal$1 in 1INT | 1QUIT) return ;; esac
  kill -s "$1" "$child" 2>/dev/null
}
for each in HUP INT QUIT TERM USR1 USR2; do
  trap "pass $each" "$each"
done
# A signal ends `wait`, and not the command.
while :; do
  signalled=
  # the shell says what a signal did to the command; without us nobody would
  wait "$child" 2>/dev/null
  code=$?
  [ -n "$signalled" ] || break
done
now
ended=$clock
trap '' HUP INT QUIT TERM USR1 USR2
[ -z "$poll_pid" ] || kill "$poll_pid" 2>/dev/null

# All of the output is passed on before we end, unless something else still holds it open.
if [ -n "$tail_pid" ]; then
  exec 4<&-
  trap : ALRM
  (
    trap - TERM
    exec >/dev/null 2>&1 </dev/null
    sleep "$LOG_SECONDS"
    kill -s ALRM $$
  ) &
  alarm=$!
  wait "$tail_pid" || :
  kill "$alarm" 2>/dev/null
  rm -f "$pipe.out" "$pipe.err" "$pipe.tail"
fi

# The report of the end holds all that the start said.
add run "$run"
add host "$host"
add at "$(stamp)"
add exitCode "$code"
add durationMs "$(((ended - begun) * 10))"
if [ "$code" -gt 128 ] && [ "$code" -lt 160 ]; then
  name=$(kill -l "$code" 2>/dev/null) && add signal "$name"
fi
if [ -n "$spool" ] && [ -e "$pipe.cancelled" ]; then
  # what was finished all the same was not cancelled
  [ "$code" -eq 0 ] || add outcome cancelled
  rm -f "$pipe.cancelled"
fi
report="# finish $job $$$NL$fields# whole"
entry=$spool/$(date +%s).$run.report
log=$pipe.log
if [ -s "$log" ] && [ -n "$spool" ]; then
  # the portal takes out secrets too, by its own rules
  (
    umask 077
    tail -n "$LOG_LINES" "$log" | LC_ALL=C sed -E "$SECRETS" >"$entry.log"
  ) 2>/dev/null
fi
[ -z "$tail_pid" ] || rm -f "$log"
if [ -n "$spool" ]; then
  (umask 077 && printf '%s\n' "$report" >"$entry") 2>/dev/null
fi
[ -z "$start_pid" ] || kill "$start_pid" 2>/dev/null
if send finish "$job" "${spool:+$entry.log}"; then
  [ -z "$spool" ] || rm -f "$entry" "$entry.log" "$start_entry"
  flush
elif [ -n "$spool" ]; then
  # the end says all that the start did
  [ ! -s "$entry" ] || rm -f "$start_entry"
fi
exit "$code"
