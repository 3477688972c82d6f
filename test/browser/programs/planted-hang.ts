describe('planted', () => {
  it('passes', () => {});

  it('hangs', () => {
    for (;;);
  });
});
