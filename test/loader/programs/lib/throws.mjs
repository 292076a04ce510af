/* c */ const f = () => { throw new Error('thrown') }; export const z = f()
