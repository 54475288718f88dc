/** The global name of the process that a node has for links and monitors between nodes. */
export function greeterName(nodeId: string): string {
  return `greeter of ${nodeId}`;
}
