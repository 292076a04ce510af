import moment from 'moment'

const day = moment.utc('2013-02-08T09:30:26.123Z')
console.log(day.format('dddd, MMMM Do YYYY, h:mm:ss a'))
console.log(day.clone().add(7, 'days').subtract(1, 'months').endOf('month').toISOString())
console.log(
  moment.utc('12-25-1995', 'MM-DD-YYYY', true).isValid(),
  moment.utc('32-25-1995', 'MM-DD-YYYY').isValid(),
)
console.log(moment.utc([2007, 0, 29]).from(moment.utc([2007, 0, 28])))
console.log(moment.duration({ hours: 25, minutes: 3 }).humanize(), moment.duration('P1Y2M').toISOString())
console.log(moment.utc([2010, 1, 14]).diff([2009, 0, 1], 'weeks', true).toFixed(6))
console.log(moment.utc('2013-02-08').isBetween('2013-01-01', '2013-12-31'), day.isoWeek(), day.dayOfYear())
moment.defineLocale('x-pirate', {
  months: 'Janarr_Febarr_Marrch_Aprarr_Mayarr_Junarr_Jularr_Augarr_Separr_Octarr_Novarr_Decarr'.split('_'),
})
console.log(day.locale('x-pirate').format('MMMM'), JSON.stringify(moment.localeData().longDateFormat('LLL')))
