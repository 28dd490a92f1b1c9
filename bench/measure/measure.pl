# measure.pl REPORT PROGRAM ARGUMENT…
#
# Runs a program and writes to REPORT what it cost, one "NAME VALUE" a line: wall time, the CPU time of every process
# it started, the largest resident set of any of them, its exit status.
#
# GNU time sees only processes that their parents waited for. A sandbox is often ended without that (bubblewrap leaves
# as soon as its command is done), and with it goes the cost of all that ran inside. So this process makes itself the
# reaper of all orphans below it, and waits for every one.
#
# In Perl because every Debian has it (perl-base is essential) and node can do none of the three system calls.
use strict;
use warnings;
use IO::Handle;

my ($report, @command) = @ARGV;

# x86_64; the comparison is made for no other architecture.
my ($PRCTL, $GETRUSAGE, $CLOCK_GETTIME) = (157, 98, 228);
my ($PR_SET_CHILD_SUBREAPER, $RUSAGE_CHILDREN, $CLOCK_MONOTONIC) = (36, -1, 1);

sub now {
    my $time = "\0" x 16;
    syscall($CLOCK_GETTIME, $CLOCK_MONOTONIC, $time) == 0 or die "clock_gettime: $!";
    my ($seconds, $nanoseconds) = unpack("q2", $time);
    return $seconds + $nanoseconds / 1e9;
}

syscall($PRCTL, $PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0 or die "prctl: $!";
my $begin = now();
my $child = fork() // die "fork: $!";
if ($child == 0) { exec { $command[0] } @command or die "$command[0]: $!" }

open(my $out, ">", $report) or die "$report: $!";
$out->autoflush(1);
print $out "pid $child\n";

my ($status, $end);
while ((my $pid = wait()) > 0) {
    if ($pid == $child) { ($status, $end) = ($?, now()) }
}
my $usage = "\0" x 144;
syscall($GETRUSAGE, $RUSAGE_CHILDREN, $usage) == 0 or die "getrusage: $!";
my ($user, $userMicro, $system, $systemMicro, $largestKib) = unpack("q5", $usage);
printf $out "wall %.4f\nuser %.4f\nsystem %.4f\nlargest %d\nstatus %d\n",
    $end - $begin, $user + $userMicro / 1e6, $system + $systemMicro / 1e6, $largestKib * 1024,
    $status & 127 ? 128 + ($status & 127) : $status >> 8;
close($out) or die "$report: $!";
