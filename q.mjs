import { checkAgainstModel } from './build/test/shadow/portable/model.js'

let d = 0
process.emitWarning = (m, o) => {
  if (o.code === 'UMBRA_SHADOW_DUPLICATE') d++
}
try {
  checkAgainstModel(20000, () => d)
  console.log('ok')
} catch (e) {
  console.log(e.message.split('\n').slice(0, 3).join('\n'), e.cause)
}
