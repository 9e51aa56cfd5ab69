using System.Text.Json.Serialization;

namespace OutsideWorld;

public enum FaultKind
{
    /// <summary>Another status, with <see cref="Fault.RetryAfter"/> if given.</summary>
    Status,

    /// <summary>The answer comes <see cref="Fault.Delay"/> late.</summary>
    Late,

    /// <summary>The connection is cut after <see cref="Fault.Bytes"/> of the body.</summary>
    Cut,

    /// <summary>A whole answer whose body ends after <see cref="Fault.Bytes"/>.</summary>
    Truncated,

    /// <summary>The body stops after <see cref="Fault.Bytes"/>, and the connection stays open.</summary>
    Silent,

    /// <summary>A friendly page for people, with status 200, called <see cref="Fault.ContentType"/>.</summary>
    Html,

    /// <summary>One record of <see cref="Fault.Bytes"/>.</summary>
    HugeRecord,

    /// <summary>Records without end.</summary>
    Endless,

    /// <summary>A few bytes that decompress to <see cref="Fault.Bytes"/>.</summary>
    GzipBomb,

    /// <summary>A redirect to <see cref="Fault.Target"/>.</summary>
    Redirect,

    /// <summary>The connection is cut before anything is done.</summary>
    Down,

    /// <summary>What was asked is done, and the connection is cut before the answer.</summary>
    AnswerLost,

    /// <summary>The next link or cursor is <see cref="Fault.Target"/>.</summary>
    NextLeadsTo,

    /// <summary>The page says how many records there are, and holds none.</summary>
    Hollow,
}

/// <summary>One way in which an outside company misbehaves.</summary>
/// <param name="Path">Requests whose path begins with this are affected.</param>
public sealed record Fault(string Path, FaultKind Kind)
{
    /// <summary>Only this method; empty for any.</summary>
    public string Method { get; init; } = "";

    /// <summary>Only requests that sign in with this; empty for any. A token that was revoked.</summary>
    public string Authorization { get; init; } = "";

    /// <summary>How many requests are affected before it is over; null for all that come.</summary>
    public int? Times { get; init; }

    /// <summary>Only every so many requests; 1 for each.</summary>
    public int Every { get; init; } = 1;

    /// <summary>Requests that are let through first.</summary>
    public int After { get; init; }

    /// <summary>It is over this long after it began: an outage of a minute; null for not by itself.</summary>
    public TimeSpan? Lasts { get; init; }

    public int Status { get; init; } = 503;

    public string? RetryAfter { get; init; }

    public TimeSpan Delay { get; init; }

    /// <summary>What has to happen before it is answered at all.</summary>
    [JsonIgnore]
    public Task Behind { get; init; } = Task.CompletedTask;

    public long Bytes { get; init; }

    /// <summary>A cut body was sent in chunks: nothing said beforehand how long it would be.</summary>
    public bool IsChunked { get; init; }

    public string ContentType { get; init; } = "text/html; charset=utf-8";

    public string Target { get; init; } = "";
}

/// <summary>The faults that are on now.</summary>
public sealed class Faults
{
    private readonly Lock _gate = new();
    private readonly List<Active> _active = [];

    public IReadOnlyList<Fault> All
    {
        get
        {
            lock (_gate)
            {
                return [.. _active.Select(active => active.Fault)];
            }
        }
    }

    public void Add(Fault fault)
    {
        lock (_gate)
        {
            _active.Add(new Active(fault));
        }
    }

    public void Clear()
    {
        lock (_gate)
        {
            _active.Clear();
        }
    }

    /// <summary>Ends those that were set for exactly this path.</summary>
    public void Clear(string path)
    {
        lock (_gate)
        {
            _active.RemoveAll(active => active.Fault.Path == path);
        }
    }

    /// <summary>The fault that this request meets; counts it. The first that was added wins.</summary>
    internal Fault? Meet(HttpRequest request)
    {
        lock (_gate)
        {
            foreach (var active in _active)
            {
                if (active.Concerns(request) && active.Meets())
                {
                    return active.Fault;
                }
            }

            return null;
        }
    }

    private sealed class Active(Fault fault)
    {
        private readonly long _since = TimeProvider.System.GetTimestamp();
        private int _seen;
        private int _met;

        public Fault Fault { get; } = fault;

        public bool Concerns(HttpRequest request) =>
            (request.Path.Value ?? "").StartsWith(Fault.Path, StringComparison.OrdinalIgnoreCase) && (Fault.Method.Length == 0 || Fault.Method == request.Method)
            && (Fault.Authorization.Length == 0 || Fault.Authorization == request.Headers.Authorization);

        public bool Meets()
        {
            _seen++;
            var isTurn = _seen > Fault.After && (_seen - Fault.After) % Fault.Every == 0 && (Fault.Times is not { } times || _met < times)
                && !(TimeProvider.System.GetElapsedTime(_since) > Fault.Lasts);
            _met += isTurn ? 1 : 0;
            return isTurn;
        }
    }
}
