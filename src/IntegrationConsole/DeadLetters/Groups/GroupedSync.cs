namespace IntegrationConsole.DeadLetters.Groups;

/// <summary>An integration's two ends, as far as fingerprints need them: which kind they are, and under which names they stand in sentences.</summary>
internal sealed record GroupedSync(string SourceKind, string DestinationKind, IReadOnlyList<string> Systems)
{
    public static async Task<GroupedSync> LoadAsync(DatabaseSession session, TenantId tenant, Guid syncId, CancellationToken cancellationToken)
    {
        var ends = await session.OneAsync<Ends>("""
            select c.kind as source_kind, d.kind as destination_kind, c.name as source_name, d.name as destination_name,
                coalesce(c.settings ->> 'baseAddress', c.settings ->> 'host', '') as source_address, coalesce(d.settings ->> 'baseAddress', d.settings ->> 'host', '') as destination_address
            from sync_definition s
            join connection c on c.tenant_id = s.tenant_id and c.id = s.source_connection_id
            join connection d on d.tenant_id = s.tenant_id and d.id = s.destination_connection_id
            where s.tenant_id = @tenant and s.id = @syncId
            """, new { tenant, syncId }, cancellationToken);

        // The longest first, so that a name that begins another does not take its place.
        string[] names = [ends.SourceName, ends.DestinationName, HostOf(ends.SourceAddress), HostOf(ends.DestinationAddress)];
        return new GroupedSync(ends.SourceKind, ends.DestinationKind, [.. names.Where(name => name.Length > 1).Distinct(StringComparer.Ordinal).OrderByDescending(name => name.Length)]);
    }

    public FailureFacts Facts(GroupedFailure failure) => new(
        failure.Cause, failure.Stage, failure.Stage switch { LetterStage.Read => SourceKind, LetterStage.Map => "", LetterStage.Write => DestinationKind },
        failure.Code, failure.Field, failure.Sentence, failure.Answer, Systems);

    private static string HostOf(string address) => Uri.TryCreate(address.Trim(), UriKind.Absolute, out var uri) && uri.Host.Length > 0 ? uri.Host : address.Trim();

    private sealed record Ends(string SourceKind, string DestinationKind, string SourceName, string DestinationName, string SourceAddress, string DestinationAddress);
}
