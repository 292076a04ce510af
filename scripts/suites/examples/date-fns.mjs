import {
  addMonths,
  differenceInBusinessDays,
  eachDayOfInterval,
  format,
  formatDistance,
  formatDuration,
  intervalToDuration,
  isValid,
  parse,
  parseISO,
  startOfWeek,
} from 'date-fns'
import { de } from 'date-fns/locale'

const day = new Date(2014, 1, 11, 13, 45)
console.log(format(day, "EEEE, do 'of' MMMM yyyy, h:mm aaa"), format(day, 'PPPPpp', { locale: de }))
console.log(
  formatDistance(day, addMonths(day, 14), { addSuffix: true }),
  formatDuration({ months: 9, days: 2 }),
)
console.log(
  parse('02/11/2014', 'MM/dd/yyyy', new Date(0)).getTime() === new Date(2014, 1, 11).getTime(),
  isValid(parseISO('x')),
)
console.log(
  differenceInBusinessDays(new Date(2014, 6, 20), new Date(2014, 0, 10)),
  startOfWeek(day, { weekStartsOn: 1 }).getDate(),
)
console.log(
  eachDayOfInterval({ start: day, end: addMonths(day, 1) }, { step: 7 })
    .map((d) => d.getDate())
    .join(),
)
console.log(
  JSON.stringify(intervalToDuration({ start: new Date(1929, 0, 15, 12), end: new Date(1968, 3, 4, 19, 5) })),
)
try {
  format(day, 'YYYY')
} catch (error) {
  console.log(error.name)
}
