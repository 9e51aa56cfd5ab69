namespace IntegrationConsole.DeadLetters;

/// <summary>Which open letters stand before and behind one, in the order of the list: those of its failure group, or of all where it has none.</summary>
public sealed class LetterNeighbours(ConsoleDatabase database)
{
    /// <returns>Null at either end.</returns>
    public async Task<(Guid? Previous, Guid? Next)> FindAsync(DeadLetter letter, CancellationToken cancellationToken)
    {
        var parameters = new DeadLetterFilter(Group: letter.GroupId).Parameters(letter.TenantId);
        parameters.Add("at", letter.LastFailedAt);
        parameters.Add("key", letter.RecordKey);
        parameters.Add("id", letter.Id);
        await using var session = await database.InTenantAsync(letter.TenantId, cancellationToken);
        var previous = await session.FindAsync<Guid?>($"""
            select d.id from dead_letter d
            where {DeadLetterFilter.Where} and d.last_failed_at >= @at and (d.last_failed_at > @at or (d.record_key, d.id) < (@key, @id))
            order by d.last_failed_at, d.record_key desc, d.id desc limit 1
            """, parameters, cancellationToken);
        var next = await session.FindAsync<Guid?>($"""
            select d.id from dead_letter d
            where {DeadLetterFilter.Where} and d.last_failed_at <= @at and (d.last_failed_at < @at or (d.record_key, d.id) > (@key, @id))
            order by d.last_failed_at desc, d.record_key, d.id limit 1
            """, parameters, cancellationToken);
        return (previous, next);
    }
}
