module monde

go 1.26
