package scenario

// Leaves is leaves, for tests.
var Leaves = leaves
