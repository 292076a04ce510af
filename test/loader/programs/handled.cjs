process.on('uncaughtException', (e, o) => { console.log(o, e.message, e.stack.split('\n')[1]); process.exitCode = 3 }); setTimeout(() => { const q = (x) => { throw new Error('t' + x) }; q(1) })
