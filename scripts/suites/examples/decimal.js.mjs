import Decimal from 'decimal.js'

const print = (...values) => console.log(values.join(' '))
print(
  new Decimal('0.1').plus('0.2'),
  new Decimal(2).sqrt(),
  Decimal.acos(-1),
  new Decimal('1e-7').toFixed(10),
)
Decimal.set({ precision: 60, rounding: 4 })
print(
  new Decimal(10).ln(),
  new Decimal(1).exp(),
  new Decimal('123.456').pow('-2.5'),
  Decimal.sin(1),
  Decimal.atan2(1, -2),
)
print(
  new Decimal(255).toHexadecimal(),
  new Decimal('0b1011').toOctal(),
  new Decimal('-1.5').mod(1),
  new Decimal(0.3).toFraction(100),
)
print(
  Decimal.max(1, '3e2', -4),
  new Decimal(Number.NaN),
  new Decimal(1).div(0),
  new Decimal('9.99').toDP(1, 1),
  new Decimal(5).cmp(7),
)
const Own = Decimal.clone({ precision: 5, defaults: true })
print(new Own(1).div(3), new Own('123456789').toSD(3), new Own(1234.5).toExponential(2), Own.hypot(3, 4))
try {
  new Decimal('1..2')
} catch (error) {
  print(error.message)
}
