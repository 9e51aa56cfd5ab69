using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;

namespace IntegrationConsole.Access;

/// <summary>What ASP.NET Core Identity stores. The tables are made by the migrations; names are theirs.</summary>
public sealed partial class AccessDbContext(DbContextOptions<AccessDbContext> options) : IdentityUserContext<ConsoleUser, Guid>(options)
{
    protected override void OnModelCreating(ModelBuilder builder)
    {
        base.OnModelCreating(builder);
        builder.Entity<ConsoleUser>().ToTable("access_user");
        builder.Entity<IdentityUserClaim<Guid>>().ToTable("access_user_claim");
        builder.Entity<IdentityUserLogin<Guid>>().ToTable("access_user_login");
        builder.Entity<IdentityUserToken<Guid>>().ToTable("access_user_token");

        foreach (var property in builder.Model.GetEntityTypes().SelectMany(entity => entity.GetProperties()))
        {
            property.SetColumnName(Words().Replace(property.Name, "_$0").TrimStart('_').ToLowerInvariant());
            if (property.ClrType == typeof(string))
            {
                property.SetColumnType("text");
            }
        }
    }

    [GeneratedRegex("[A-Z]")]
    private static partial Regex Words();
}
