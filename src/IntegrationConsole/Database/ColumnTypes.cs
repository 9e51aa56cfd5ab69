using System.Data;
using Dapper;

namespace IntegrationConsole.Database;

/// <summary>Teaches the row mapper the types that every room uses. Names with underscores match members without.</summary>
internal static class ColumnTypes
{
    public static void Register()
    {
        DefaultTypeMap.MatchNamesWithUnderscores = true;
        SqlMapper.AddTypeHandler(new TenantIds());
        SqlMapper.RemoveTypeMap(typeof(DateTimeOffset));
        SqlMapper.RemoveTypeMap(typeof(DateTimeOffset?));
        SqlMapper.AddTypeHandler(new Instants());
        SqlMapper.AddTypeHandler(new Texts());
    }

    private sealed class Texts : SqlMapper.TypeHandler<string[]>
    {
        public override void SetValue(IDbDataParameter parameter, string[]? value) => parameter.Value = value;

        public override string[] Parse(object value) => (string[])value;
    }

    private sealed class TenantIds : SqlMapper.TypeHandler<TenantId>
    {
        public override void SetValue(IDbDataParameter parameter, TenantId value) => parameter.Value = value.Value;

        public override TenantId Parse(object value) => new((Guid)value);
    }

    /// <summary>The driver answers <c>timestamptz</c> as a UTC DateTime; an instant says so in its type.</summary>
    private sealed class Instants : SqlMapper.TypeHandler<DateTimeOffset>
    {
        public override void SetValue(IDbDataParameter parameter, DateTimeOffset value) => parameter.Value = value.UtcDateTime;

        public override DateTimeOffset Parse(object value) => value switch
        {
            DateTime instant => new DateTimeOffset(DateTime.SpecifyKind(instant, DateTimeKind.Utc)),
            DateTimeOffset instant => instant,
            _ => throw new DataException($"A {value.GetType().Name} is not an instant."),
        };
    }
}
