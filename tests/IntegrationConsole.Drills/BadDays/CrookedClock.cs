using System.Runtime.InteropServices;

namespace IntegrationConsole.Drills.BadDays;

/// <summary>The wall clock of one node, which can be set while the node runs.</summary>
internal sealed class CrookedClock
{
    private static readonly Lazy<string?> Missing = new(FindMissing);

    private readonly string _library;
    private readonly string _file;

    private CrookedClock(string library, string file)
    {
        _library = library;
        _file = file;
    }

    /// <summary>Why there can be none on this machine; null where there can.</summary>
    public static string? WhyNot => Missing.Value;

    /// <summary>What a process needs in its environment to go by this clock.</summary>
    public IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string> { ["LD_PRELOAD"] = _library, ["CROOKED_CLOCK"] = _file };

    public static CrookedClock Make(string folder)
    {
        var clock = new CrookedClock(Path.Combine(folder, "crooked-clock.so"), Path.Combine(folder, "crooked-clock"));
        clock.Set(TimeSpan.Zero);
        return Compile(clock._library) is { ExitCode: not 0 } failed ? throw new InvalidOperationException(failed.Output) : clock;
    }

    /// <summary>The clock jumps: from now on it is wrong by so much.</summary>
    public void Set(TimeSpan wrong)
    {
        using var file = new FileStream(_file, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite);
        file.Write(BitConverter.GetBytes((long)wrong.TotalSeconds));
    }

    private static (int ExitCode, string Output) Compile(string library) =>
        SystemProgram.Run("cc", "-shared", "-fPIC", "-O2", "-o", library, Path.Combine(AppContext.BaseDirectory, "BadDays", "crooked-clock.c"), "-ldl");

    private static string? FindMissing() =>
        RuntimeInformation.OSArchitecture is not (Architecture.X64 or Architecture.Arm64) ? "a node's clock can be set on 64-bit machines only"
        : !Programs.Has("cc") ? "there is no C compiler (cc, package gcc) to make a wrong clock with"
        : Compile("/dev/null") is { ExitCode: not 0 } ? "the C compiler lacks what a wrong clock is made of (package libc6-dev)" : null;
}

/// <summary>A drill that sets the clock of a node; skipped, with the reason, where the machine does not allow it.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class CrookedClockFactAttribute : FactAttribute
{
    public CrookedClockFactAttribute() => Skip = CrookedClock.WhyNot;
}
