// A Runtime API that sends events as fast as they are requested, for Benchmarks/loops.
//
//	loops-emulator CONNECTIONS EVENTS EVENT-FILE ANSWER-START
//
// Prints its port, waits until this many connections wait for an event, sends the events and prints one line of JSON:
// events, answers with the given beginning, nanoseconds from the first event to the last answer, its own CPU time in between, and
// the maximum number of events in flight. Then it sends no more answers. In Go, because one thread of Python is slower than the measured program.
package main

import (
	"bufio"
	"bytes"
	"fmt"
	"net"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

var (
	total, left, good, out, most atomic.Int64
	event, start                 []byte
	waiting                      sync.WaitGroup
	begin                        = make(chan struct{})
	done                         = make(chan struct{})
)

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "loops-emulator:", err)
		os.Exit(1)
	}
}

func cpu() int64 {
	var usage syscall.Rusage
	check(syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	return usage.Utime.Nano() + usage.Stime.Nano()
}

func converse(connection net.Conn) {
	reader := bufio.NewReaderSize(connection, 64*1024)
	accepted := []byte("HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n")
	buffer := make([]byte, 0, 8192)
	isFirst := true
	for {
		line, err := reader.ReadSlice('\n')
		if err != nil {
			return
		}
		isGet := line[0] == 'G'
		length := 0
		for {
			line, err = reader.ReadSlice('\n')
			check(err)
			if len(line) <= 2 {
				break
			}
			if name := []byte("content-length:"); len(line) > len(name) && bytes.EqualFold(line[:len(name)], name) {
				length, err = strconv.Atoi(string(bytes.TrimSpace(line[len(name):])))
				check(err)
			}
		}
		if isGet {
			if isFirst {
				isFirst = false
				waiting.Done()
				<-begin
			}
			number := left.Add(-1)
			if number < 0 {
				select {} // no further event: the loop waits
			}
			for now, seen := out.Add(1), most.Load(); now > seen && !most.CompareAndSwap(seen, now); seen = most.Load() {
			}
			buffer = fmt.Appendf(buffer[:0], "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nLambda-Runtime-Aws-Request-Id: 8476a536-e9f4-11e8-9739-%012d\r\n"+
				"Lambda-Runtime-Deadline-Ms: %d\r\nLambda-Runtime-Trace-Id: Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Sampled=0\r\n"+
				"Lambda-Runtime-Invoked-Function-Arn: arn:aws:lambda:eu-central-1:123456789012:function:authorizer\r\nContent-Length: %d\r\n\r\n",
				number, time.Now().UnixMilli()+60000, len(event))
			buffer = append(buffer, event...)
			_, err = connection.Write(buffer)
			check(err)
			continue
		}
		body, err := reader.Peek(length)
		check(err)
		if bytes.HasPrefix(body, start) {
			good.Add(1)
		}
		_, err = reader.Discard(length)
		check(err)
		out.Add(-1)
		_, err = connection.Write(accepted)
		check(err)
		if total.Add(-1) == 0 {
			close(done)
		}
	}
}

func main() {
	connections, err := strconv.Atoi(os.Args[1])
	check(err)
	count, err := strconv.ParseInt(os.Args[2], 10, 64)
	check(err)
	event, err = os.ReadFile(os.Args[3])
	check(err)
	start = []byte(os.Args[4])
	total.Store(count)
	left.Store(count)
	waiting.Add(connections)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	go func() {
		for {
			connection, err := listener.Accept()
			check(err)
			go converse(connection)
		}
	}()
	waiting.Wait()
	before, from := cpu(), time.Now()
	close(begin)
	<-done
	nanoseconds, used := time.Since(from).Nanoseconds(), cpu()-before
	fmt.Printf("{\"events\":%d,\"good\":%d,\"ns\":%d,\"cpu_ns\":%d,\"most_out\":%d}\n", count, good.Load(), nanoseconds, used, most.Load())
	select {}
}
