using System.Net;
using System.Net.NetworkInformation;

namespace IntegrationConsole.Drills.BadDays;

/// <summary>
/// A network namespace for one node, reached over a cable of two ends. While it is closed, whatever is sent to either
/// end is lost on the way, and nobody is told.
/// </summary>
internal sealed class Fence : IDisposable
{
    private const string Nobody = "02:00:00:00:00:01";
    private static readonly Lazy<string?> Missing = new(FindMissing);

    private readonly string _name;
    private readonly string _near;
    private readonly string _far;

    private Fence(string name, int network)
    {
        _name = name;
        (_near, _far) = ($"{name}a", $"{name}b");
        Here = IPAddress.Parse($"10.213.{network}.1");
        There = IPAddress.Parse($"10.213.{network}.2");
    }

    /// <summary>Why there can be none on this machine; null where there can.</summary>
    public static string? WhyNot => Missing.Value;

    /// <summary>This machine, as the node inside sees it.</summary>
    public IPAddress Here { get; }

    private IPAddress There { get; }

    /// <summary>What stands before the command line of a program that runs inside.</summary>
    public IReadOnlyList<string> Prefix => ["ip", "netns", "exec", _name];

    public static Fence Build()
    {
        var network = Environment.ProcessId % 250;
        var fence = new Fence($"drill{network}", network);
        fence.Dispose();
        Ip("netns", "add", fence._name);
        Ip("link", "add", fence._near, "type", "veth", "peer", "name", fence._far, "netns", fence._name);
        Ip("addr", "add", $"{fence.Here}/30", "dev", fence._near);
        Ip("link", "set", fence._near, "up");
        Ip("-n", fence._name, "addr", "add", $"{fence.There}/30", "dev", fence._far);
        Ip("-n", fence._name, "link", "set", fence._far, "up");
        Ip("-n", fence._name, "link", "set", "lo", "up");
        return fence;
    }

    /// <summary>Both ends believe that the other one has an address that nobody has.</summary>
    public void Close()
    {
        Ip("neigh", "replace", $"{There}", "lladdr", Nobody, "dev", _near, "nud", "permanent");
        Ip("-n", _name, "neigh", "replace", $"{Here}", "lladdr", Nobody, "dev", _far, "nud", "permanent");
    }

    public void Open()
    {
        Ip("neigh", "flush", "nud", "permanent", "dev", _near);
        Ip("-n", _name, "neigh", "flush", "nud", "permanent", "dev", _far);
    }

    public void Dispose()
    {
        SystemProgram.Run("ip", "netns", "del", _name);
        if (NetworkInterface.GetAllNetworkInterfaces().Any(cable => cable.Name == _near))
        {
            SystemProgram.Run("ip", "link", "del", _near);
        }
    }

    private static string? FindMissing()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            return "a network namespace needs root";
        }

        if (!Programs.Has("ip"))
        {
            return "there is no program ip (package iproute2) to make a network namespace with";
        }

        try
        {
            Build().Dispose();
            return null;
        }
        catch (InvalidOperationException refused)
        {
            return $"this machine lets nobody make a network namespace: {refused.Message}";
        }
    }

    private static void Ip(params string[] words)
    {
        if (SystemProgram.Run("ip", words) is { ExitCode: not 0 } failed)
        {
            throw new InvalidOperationException($"ip {string.Join(' ', words)}: {failed.Output.Trim()}");
        }
    }
}

/// <summary>A drill that cuts one node off; skipped, with the reason, where the machine does not allow it.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class FenceFactAttribute : FactAttribute
{
    public FenceFactAttribute() => Skip = Fence.WhyNot;
}
