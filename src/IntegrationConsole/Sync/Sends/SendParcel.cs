namespace IntegrationConsole.Sync.Sends;

/// <summary>Rows that go out together, entered as one intent.</summary>
/// <param name="IsKept">Its rows have no key of their own: what came of them is entered in it, and nowhere else.</param>
/// <param name="Sends">In the order in which they are sent.</param>
internal sealed record SendParcel(Guid Id, bool IsKept, DateTimeOffset SentAt, IReadOnlyList<Send> Sends)
{
    public static readonly SendParcel None = new(default, false, default, []);
}
