package main

import (
	"fmt"
	"syscall"

	"monde/backend/job"
)

// roomIn says, as job.ErrFull, whether the disk of a directory has less free than it must.
func roomIn(dir string, least int64) error {
	var s syscall.Statfs_t
	if err := syscall.Statfs(dir, &s); err != nil {
		return fmt.Errorf("%w: %v", job.ErrFull, err)
	}
	if free := int64(s.Bavail) * s.Bsize; free < least {
		return fmt.Errorf("%w: %d MiB of its disk are free, and it stops at %d", job.ErrFull, free>>20, least>>20)
	}
	return nil
}
