/** Files that the build takes in as text. */
declare module '*.md' {
  const text: string;
  export default text;
}
declare module '*.jsonc' {
  const text: string;
  export default text;
}
