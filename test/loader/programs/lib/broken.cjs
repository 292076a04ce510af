function f() {
  return (
}
