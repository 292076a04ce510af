import { DateTime, Duration, Interval } from 'luxon'

const day = DateTime.fromISO('2017-05-15T08:30:00', { zone: 'America/New_York' })
console.log(
  day.toISO(),
  day.setZone('Asia/Tokyo').toFormat("yyyy LLL dd 'at' HH:mm ZZZZ"),
  day.toLocaleString(DateTime.DATETIME_FULL),
)
console.log(day.plus({ months: 1, days: 2 }).endOf('week').toISODate(), day.weekNumber, day.ordinal)
console.log(
  DateTime.fromFormat('May 25 1982', 'LLLL dd yyyy', { zone: 'utc' }).toMillis(),
  DateTime.fromISO('x').invalidReason,
)
console.log(
  Duration.fromObject({ hours: 50, minutes: 90 }).normalize().shiftTo('days', 'hours', 'minutes').toHuman(),
)
console.log(
  Interval.fromDateTimes(day, day.plus({ days: 3 }))
    .splitBy({ days: 1 })
    .map(String)
    .join(),
)
console.log(
  day.diff(DateTime.fromISO('2016-01-01', { zone: 'utc' }), ['years', 'days', 'hours']).toISO(),
  JSON.stringify(day.toObject()),
)
