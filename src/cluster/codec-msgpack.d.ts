// The build of msgpackr that needs neither `new Function` nor a native add-on. It ships without
// types of its own; its classes are those of the main entry.
declare module 'msgpackr/index-no-eval' {
  export { Packr, RESERVE_START_SPACE } from 'msgpackr';
}
