<?php
/**
 * The oracle of the time rules: local time by PHP's DateTime, windows by comparing text. Reads
 * {"from","to","step","zones":{zone:[extra minutes]},"windows":[...]} from standard input, in minutes since the epoch;
 * writes one line per zone, two hexadecimal digits per instant, one bit per window.
 */

$question = json_decode(stream_get_contents(STDIN), true);
$names    = array('sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat');

function holds(array $window, string $date, string $time, string $day, string $yesterday): bool
{
    if (strlen($window['from']) > 5) {
        return "{$date}T$time" >= $window['from'] && "{$date}T$time" < $window['to'];
    }
    $days = $window['days'] ?? $GLOBALS['names'];
    $to   = $window['to'] === '00:00' ? '24:00' : $window['to'];
    if ($window['from'] < $to) {
        return $time >= $window['from'] && $time < $to && in_array($day, $days, true);
    }
    return ($time >= $window['from'] && in_array($day, $days, true)) || ($time < $to && in_array($yesterday, $days, true));
}

foreach ($question['zones'] as $name => $extra) {
    $zone     = new DateTimeZone($name);
    $instants = array_merge(range($question['from'], $question['to'] - 1, $question['step']), $extra);
    $line     = '';
    $clock    = new DateTime('@0');
    $clock->setTimezone($zone);
    foreach ($instants as $minute) {
        $clock->setTimestamp($minute * 60);
        list($date, $time, $day) = explode(' ', $clock->format('Y-m-d H:i w'));
        $today     = $names[(int) $day];
        $yesterday = $names[((int) $day + 6) % 7];
        $bits      = 0;
        foreach ($question['windows'] as $index => $window) {
            $bits |= holds($window, $date, $time, $today, $yesterday) ? 1 << $index : 0;
        }
        $line .= sprintf('%02x', $bits);
    }
    echo $line, "\n";
}
