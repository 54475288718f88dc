/** `node3` of `node3@10.0.0.3:4369`: short, for people. */
export function nodeName(nodeId: string): string {
  return nodeId.split('@', 1)[0] as string;
}
