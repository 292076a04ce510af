import dayjs from 'dayjs'
import customParseFormat from 'dayjs/plugin/customParseFormat.js'
import duration from 'dayjs/plugin/duration.js'
import relativeTime from 'dayjs/plugin/relativeTime.js'
import utc from 'dayjs/plugin/utc.js'

for (const plugin of [customParseFormat, duration, relativeTime, utc]) dayjs.extend(plugin)
const day = dayjs.utc('2019-01-25T12:34:56Z')
console.log(day.format('[YYYYescape] YYYY-MM-DDTHH:mm:ss.SSSZ[Z]'))
console.log(day.add(1, 'month').startOf('month').set('hour', 12).toISOString())
console.log(dayjs.utc('05/02/69 1:02:03 PM -05:00', 'MM/DD/YY H:mm:ss A Z').toISOString())
console.log(dayjs.duration({ months: 12, days: 3 }).humanize(), dayjs.duration(100_000).format('HH:mm:ss'))
console.log(day.from(dayjs.utc('2018-01-25')), day.diff('2018-06-05', 'month'))
console.log(day.isAfter('2019-01-01'), dayjs('no date').isValid(), JSON.stringify(day))
