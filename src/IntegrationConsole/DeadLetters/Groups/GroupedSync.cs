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

        return Of(new GroupedEnd(ends.SourceKind, ends.SourceName, ends.SourceAddress), new GroupedEnd(ends.DestinationKind, ends.DestinationName, ends.DestinationAddress));
    }

    /// <summary>The same where both ends are known already.</summary>
    public static GroupedSync Of(GroupedEnd source, GroupedEnd destination)
    {
        // The longest first, so that a name that begins another does not take its place.
        string[] names = [source.Name, destination.Name, HostOf(source.Address), HostOf(destination.Address)];
        return new GroupedSync(source.Kind, destination.Kind, [.. names.Where(name => name.Length > 1).Distinct(StringComparer.Ordinal).OrderByDescending(name => name.Length)]);
    }

    public FailureFacts Facts(GroupedFailure failure) => new(
        failure.Cause, failure.Stage, failure.Stage switch { LetterStage.Read => SourceKind, LetterStage.Map => "", LetterStage.Write => DestinationKind },
        failure.Code, failure.Field, failure.Sentence, failure.Answer, Systems);

    private static string HostOf(string address) => Uri.TryCreate(address.Trim(), UriKind.Absolute, out var uri) && uri.Host.Length > 0 ? uri.Host : address.Trim();

    private sealed record Ends(string SourceKind, string DestinationKind, string SourceName, string DestinationName, string SourceAddress, string DestinationAddress);
}

/// <summary>One end of an integration, with the names under which it may stand in sentences.</summary>
/// <param name="Address">Empty where it has none.</param>
internal sealed record GroupedEnd(string Kind, string Name, string Address);
