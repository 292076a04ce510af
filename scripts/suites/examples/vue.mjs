import {
  compile,
  computed,
  createSSRApp,
  effectScope,
  h,
  nextTick,
  reactive,
  ref,
  toRaw,
  watch,
  watchEffect,
} from 'vue'
import { renderToString } from 'vue/server-renderer'

const print = (value) => console.log(JSON.stringify(value))
const count = ref(1)
const state = reactive({ list: [1, 2], nested: { a: 1 }, map: new Map([['k', 1]]) })
const double = computed(() => count.value * 2)
const seen = []
watchEffect(() => seen.push(['effect', double.value, state.list.length]))
watch(
  () => state.nested.a,
  (now, before) => seen.push(['watch', now, before]),
)
count.value++
state.list.push(3)
state.nested.a = 5
await nextTick()
print([seen, toRaw(state).list])
const scope = effectScope()
scope.run(() => watchEffect(() => seen.push(state.map.get('k'))))
scope.stop()
state.map.set('k', 2)
await nextTick()
print(seen.length)
const Child = { props: { name: String }, template: '<li :class="{ on: name }"><slot :n="name"/></li>' }
const app = createSSRApp({
  components: { Child },
  data: () => ({ items: ['a', '<b>'], show: true }),
  computed: {
    total() {
      return this.items.length
    },
  },
  template: `<ul v-if="show"><Child v-for="(item, n) in items" :key="n" :name="item" v-slot="{ n: name }">{{ name }} {{ n }}</Child>{{ total }}</ul>`,
})
console.log(await renderToString(app))
console.log(
  await renderToString(
    createSSRApp({ setup: () => () => h('p', { id: 'x', onClick() {} }, [count.value, h('b', 'c')]) }),
  ),
)
console.log(compile('<p v-for="a in b" @click.once="c(a)">{{ a | 0 }}</p>').toString().length)
