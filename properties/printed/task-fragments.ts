// What the programs and fragments about task distribution leave out, in the order in which they are
// printed.
import { after, type Wrapping } from './fragment.js';

export const taskFragments: readonly Wrapping[] = [
  after(''),
  after(`async function scrapeSyllableData(word: string): Promise<unknown> {
    return { letters: word.length };
  }`),
  after(`const otherProps = {
    packageJson: {}, tsconfigJson: {}, entryPoint: 'index.ts',
    files: { 'index.ts': 'export default (): string => "built";' },
  };`),
  after(''),
  after(`import { EnhancedWorkerClient } from 'faultline/tasks';`),
];
