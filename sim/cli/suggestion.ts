// The node command suggests as this one does.
export { editDistance, suggestion } from '../../src/base/suggestion.js';
